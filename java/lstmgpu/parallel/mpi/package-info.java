/** Processes that mpirun or srun has started together, and what they ask of MPI. */
package lstmgpu.parallel.mpi;
