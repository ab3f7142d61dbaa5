package lstmgpu.onnx;

import java.util.List;
import lstmgpu.files.Protobuf;

/** What an operator is told beside its inputs; the numbers are those of onnx.proto. */
final class OnnxAttribute {
    private static final int NAME = 1;
    private static final int INTEGER = 3;
    private static final int TEXT = 4;
    private static final int INTEGERS = 8;
    private static final int TEXTS = 9;
    private static final int TYPE = 20;

    private static final int TYPE_INTEGER = 2;
    private static final int TYPE_TEXT = 3;
    private static final int TYPE_INTEGERS = 7;
    private static final int TYPE_TEXTS = 8;

    private OnnxAttribute() {}

    /** @param value a Long, a String, a long[] or a List of Strings */
    static Protobuf of(String name, Object value) {
        Protobuf attribute = new Protobuf().text(NAME, name);
        switch (value) {
            case Long number -> attribute.integer(INTEGER, number).integer(TYPE, TYPE_INTEGER);
            case String text -> attribute.text(TEXT, text).integer(TYPE, TYPE_TEXT);
            case long[] numbers -> {
                for (long number : numbers) {
                    attribute.integer(INTEGERS, number);
                }
                attribute.integer(TYPE, TYPE_INTEGERS);
            }
            case List<?> texts -> {
                texts.forEach(text -> attribute.text(TEXTS, (String) text));
                attribute.integer(TYPE, TYPE_TEXTS);
            }
            default -> throw new IllegalArgumentException(name + " is " + value);
        }
        return attribute;
    }
}
