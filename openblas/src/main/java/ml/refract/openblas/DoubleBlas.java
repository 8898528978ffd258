package ml.refract.openblas;

import static ml.refract.linalg.Panels.ROWS;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasColMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasLower;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRight;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dtrsm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.DoublePointer;

/** Doubles. */
final class DoubleBlas implements Blas<double[], DoublePointer> {

    @Override
    public DoublePointer allocate(int length) {
        return new DoublePointer(ByteBuffer.allocateDirect(Math.multiplyExact(length, Double.BYTES))
                .order(ByteOrder.nativeOrder())
                .asDoubleBuffer());
    }

    @Override
    public DoublePointer at(DoublePointer memory, int index) {
        return memory.getPointer(index);
    }

    @Override
    public void copyIn(double[] source, DoublePointer memory, int length) {
        memory.put(source, 0, length);
    }

    @Override
    public void copyOut(DoublePointer memory, double[] target, int length) {
        memory.get(target, 0, length);
    }

    @Override
    public void subtractProduct(DoublePointer a, DoublePointer b, int depth, DoublePointer c, int cols) {
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, ROWS, cols, depth, -1, a, ROWS, b, ROWS, 1, c, ROWS);
    }

    @Override
    public void solveRight(DoublePointer factor, int n, DoublePointer x) {
        cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, ROWS, n, 1, factor, ROWS, x, ROWS);
    }
}
