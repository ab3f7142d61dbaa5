/** Several processes that train one network, or divide other work. */
package lstmgpu.parallel;
