/**
 * Timing: whole training steps, the recurrent stack alone and generation, on any backend, with the error against the
 * reference.
 */
package lstmgpu.bench;
