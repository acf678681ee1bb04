# Captured sizes and dtype: the generated function is the literal one.
# RUN: check fmt interp run diff
# FUNC: matmul
import tvm
from tvm.script import tir as T


def gen_matmul(n, m, k, dtype):
    @T.prim_func
    def matmul(A: T.Buffer[(n, k), dtype], B: T.Buffer[(k, m), dtype], C: T.Buffer[(n, m), dtype]):
        for i, j, l in T.grid(n, m, k):
            with T.block("C"):
                vi, vj, vl = T.axis.remap("SSR", [i, j, l])
                with T.init():
                    C[vi, vj] = T.cast(0, dtype)
                C[vi, vj] = C[vi, vj] + A[vi, vl] * B[vl, vj]

    return matmul


@T.prim_func
def literal(
    A: T.Buffer[(128, 128), "float16"],
    B: T.Buffer[(128, 128), "float16"],
    C: T.Buffer[(128, 128), "float16"],
):
    for i, j, l in T.grid(128, 128, 128):
        with T.block("C"):
            vi, vj, vl = T.axis.remap("SSR", [i, j, l])
            with T.init():
                C[vi, vj] = T.float16(0)
            C[vi, vj] = C[vi, vj] + A[vi, vl] * B[vl, vj]


matmul = gen_matmul(128, 128, 128, "float16")
tvm.ir.assert_structural_equal(
    matmul.with_attr("global_symbol", "f"), literal.with_attr("global_symbol", "f")
)
