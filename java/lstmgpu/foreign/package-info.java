/** Weights and vocabularies of other programs, under their names, as models of this one. */
package lstmgpu.foreign;
