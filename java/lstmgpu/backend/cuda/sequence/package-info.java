/**
 * All steps of a layer in one cooperative launch: splits of a layer over a GPU, their choice, and the loop that
 * launches them.
 */
package lstmgpu.backend.cuda.sequence;
