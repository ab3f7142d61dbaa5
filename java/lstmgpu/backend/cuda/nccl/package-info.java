/** NVIDIA's library for collectives of several GPUs. */
package lstmgpu.backend.cuda.nccl;
