/** Several processes that train one network. */
package lstmgpu.parallel;
