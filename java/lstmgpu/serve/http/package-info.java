/** A web server for programs and pages: routes, errors, limits, who may ask. It knows nothing of models. */
package lstmgpu.serve.http;
