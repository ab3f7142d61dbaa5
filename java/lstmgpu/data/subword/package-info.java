/**
 * Tokens smaller than words, as files of the Hugging Face tokenizers library describe them:
 * {@link lstmgpu.data.subword.Pipeline} reads a {@code tokenizer.json} and gives the identifiers that library gives,
 * {@link lstmgpu.data.subword.BytePairTrainer} makes one from a text.
 */
package lstmgpu.data.subword;
