/** Continuing, evaluating and scoring texts with a trained model. */
package lstmgpu.generate;
