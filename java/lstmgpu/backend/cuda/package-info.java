/** NVIDIA GPUs through the driver API: {@link lstmgpu.backend.cuda.CudaBackend} opens one. */
package lstmgpu.backend.cuda;
