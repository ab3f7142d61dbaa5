/**
 * The network that computes: input, recurrent stack and output, for training, evaluation and generation. Nothing here
 * asks which backend runs.
 */
package lstmgpu.network;
