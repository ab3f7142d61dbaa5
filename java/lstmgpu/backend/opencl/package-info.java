/** Devices of any maker through OpenCL 1.2: {@link lstmgpu.backend.opencl.OpenClBackend} opens one. */
package lstmgpu.backend.opencl;
