/** Training a language model: the loop, schedules, early stopping, checkpoints and the record of a run. */
package lstmgpu.train;
