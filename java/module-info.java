/**
 * Recurrent networks: {@link lstmgpu.api} trains them and uses them; all else is internal.
 */
module lstmgpu {
    exports lstmgpu.api;

    requires aircompressor.v3;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires de.siegmar.fastcsv;
    requires java.desktop;
    requires java.management;
    requires jdk.security.auth;
    requires org.jfree.jfreechart;
    requires org.slf4j;
    requires VectorGraphics2D;

    // The program's own, which the library does without.
    requires static info.picocli;
    requires static org.jline.reader;
    requires static org.jline.terminal;

    // Serves models.
    requires static io.helidon.common.socket;
    requires static io.helidon.http;
    requires static io.helidon.webserver;
    requires static io.prometheus.metrics.core;
    requires static io.prometheus.metrics.model;
    requires static io.prometheus.writer.text;
    requires static java.logging;

    // Proves ONNX files.
    requires static com.microsoft.onnxruntime;

    // For GPUs only.
    requires static jcublas;
    requires static jcuda;
    requires static jcudnn;
    requires static jocl;
    requires static org.lwjgl;
    requires static org.lwjgl.cuda;

    // Records that are written as JSON and read again.
    opens lstmgpu.data to
            com.fasterxml.jackson.databind;
    opens lstmgpu.data.table to
            com.fasterxml.jackson.databind;
    opens lstmgpu.network to
            com.fasterxml.jackson.databind;
    opens lstmgpu.task.forecast to
            com.fasterxml.jackson.databind;
    opens lstmgpu.train to
            com.fasterxml.jackson.databind;
    opens lstmgpu.tune to
            com.fasterxml.jackson.databind;
}
