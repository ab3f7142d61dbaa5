/** Recurrent stacks by cuDNN: its layers, their weights and states, and the choice of its algorithms. */
package lstmgpu.backend.cuda.cudnn;
