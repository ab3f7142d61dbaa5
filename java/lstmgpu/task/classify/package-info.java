/** Classes of whole texts. */
package lstmgpu.task.classify;
