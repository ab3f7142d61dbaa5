/**
 * The library: train recurrent networks, write with them, judge texts, forecast series and tell classes, in one's own
 * program. All else in this module is internal and may change with every version.
 *
 * <p>A {@link lstmgpu.api.Device} computes; a {@link lstmgpu.api.TextModel}, {@link lstmgpu.api.SeriesModel} or
 * {@link lstmgpu.api.ClassModel} lies on it, loaded from a folder or trained into one. Such a folder is that of the
 * program lstm-gpu, and either reads what the other wrote.
 *
 * <p><b>Threads.</b> Any thread may call anything here. Settings, inputs, states and results never change. A device
 * does one thing at a time: calls to it and to its models wait for each other, and one that trains keeps it to the end;
 * for work beside that, open another device. On a device of CUDA a call from a virtual thread is refused. Listeners
 * are called on the thread that called.
 *
 * <p><b>Errors.</b> What a person or a program can mend is an {@link lstmgpu.api.LstmException}, whose message is one
 * sentence. Use of a closed object is an {@link java.lang.IllegalStateException}, null a
 * {@link java.lang.NullPointerException}.
 */
package lstmgpu.api;
