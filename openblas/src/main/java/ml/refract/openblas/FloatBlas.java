package ml.refract.openblas;

import static ml.refract.linalg.Panels.ROWS;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasColMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasLower;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRight;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_strsm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.FloatPointer;

/** Floats. */
final class FloatBlas implements Blas<float[], FloatPointer> {

    @Override
    public FloatPointer allocate(int length) {
        return new FloatPointer(ByteBuffer.allocateDirect(Math.multiplyExact(length, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer());
    }

    @Override
    public FloatPointer at(FloatPointer memory, int index) {
        return memory.getPointer(index);
    }

    @Override
    public void copyIn(float[] source, FloatPointer memory, int length) {
        memory.put(source, 0, length);
    }

    @Override
    public void copyOut(FloatPointer memory, float[] target, int length) {
        memory.get(target, 0, length);
    }

    @Override
    public void subtractProduct(FloatPointer a, FloatPointer b, int depth, FloatPointer c, int cols) {
        cblas_sgemm(CblasColMajor, CblasNoTrans, CblasTrans, ROWS, cols, depth, -1, a, ROWS, b, ROWS, 1, c, ROWS);
    }

    @Override
    public void solveRight(FloatPointer factor, int n, FloatPointer x) {
        cblas_strsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, ROWS, n, 1, factor, ROWS, x, ROWS);
    }
}
