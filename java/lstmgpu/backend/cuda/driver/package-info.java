/** A CUDA device through the driver's interface: memory, queues, modules, launches, graphs, and products by cuBLAS. */
package lstmgpu.backend.cuda.driver;
