/** Many tokens of one text in one cooperative launch. */
package lstmgpu.backend.cuda.stream;
