package lstmgpu.backend.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.backend.Cell;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the weights and states that cuDNN gets lie. */
class CudnnMemoryLayoutTest {
    private CudnnRig rig;
    private CudaDevice device;

    @BeforeEach
    void open() {
        rig = new CudnnRig();
        device = rig.device;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static RnnSpec spec(Cell cell, int layers, int inputs, int hidden, Precision precision) {
        return RnnSpec.training(new RnnShape(cell, layers, inputs, hidden), 5, 8, precision);
    }

    @Test
    void whereTheOrdersAgreeNothingIsCopied() {
        assertTrue(order(spec(Cell.LSTM, 2, 32, 64, Precision.FP32)).isInPlace());
        assertTrue(order(spec(Cell.GRU, 2, 64, 64, Precision.BF16)).isInPlace());
        assertEquals(
                4, order(spec(Cell.GRU, 1, 5, 7, Precision.FP32)).stretches().size());
    }

    private CudnnWeightOrder order(RnnSpec spec) {
        CudnnLayerSpec layer = CudnnLayerSpec.of(spec, 0);
        try (CudnnHandle cudnn = new CudnnHandle(device.context(), device.queues());
                CudnnDescriptors descriptors = new CudnnDescriptors(cudnn, layer, CudnnAlgorithm.STANDARD);
                CudaBuffer space = device.own(device.alloc(
                        layer.storage(),
                        descriptors.weightBytes() / layer.storage().bytes()))) {
            return CudnnWeightOrder.of(cudnn, descriptors, spec.shape(), 0, ParameterLayout.ofRnn(spec.shape()), space);
        }
    }

    /** 8 sequences of 7 units are no multiple of 256 bytes in either type. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void theStatesOfEveryLayerBeginAtAMultipleOf256Bytes(Precision precision) {
        RnnSpec spec = spec(Cell.LSTM, 3, 64, 7, precision);
        long stride = CudnnStates.stride(56, CudnnLayerSpec.of(spec, 0).storage());
        assertEquals(precision == Precision.BF16 ? 128 : 64, stride);
        try (CudnnStates states =
                new CudnnStates(device, spec, CudnnLayerSpec.of(spec, 0).storage())) {
            for (int layer = 0; layer < 3; layer++) {
                assertEquals(0, states.of(layer).hidden().address() % 256, "h of layer " + layer);
                assertEquals(0, states.of(layer).lastCell().address() % 256, "the last c of layer " + layer);
            }
            float[] values = new float[3 * 56];
            for (int i = 0; i < values.length; i++) {
                values[i] = (i - 80) / 128f;
            }
            states.write(new RnnState(values, values));
            assertArrayEquals(values, states.read().hidden());
            assertArrayEquals(values, states.read().cell());
        }
    }
}
