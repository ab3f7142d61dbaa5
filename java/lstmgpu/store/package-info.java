/** The model directory and every file in it: weights, configuration, metrics, charts, events, samples and the lock. */
package lstmgpu.store;
