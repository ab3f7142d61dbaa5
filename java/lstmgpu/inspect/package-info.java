/** Looking into a trained model: what its gates do along a text, which units follow a feature, what surprised it. */
package lstmgpu.inspect;
