/** Trained models behind a web server: completions as OpenAI and llama.cpp answer them, scores, forecasts, classes. */
package lstmgpu.serve;
