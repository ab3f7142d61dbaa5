/** What a network learns: {@link lstmgpu.task.Task}, and learning a language from texts. */
package lstmgpu.task;
