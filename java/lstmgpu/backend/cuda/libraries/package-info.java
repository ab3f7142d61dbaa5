/** NVIDIA's libraries on this machine: where they are found, which of them fit together, and how they are loaded. */
package lstmgpu.backend.cuda.libraries;
