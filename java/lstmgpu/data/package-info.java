/**
 * Texts, tokenizers, token files and the geometry of batches. Everything streams: memory does not grow with the text.
 */
package lstmgpu.data;
