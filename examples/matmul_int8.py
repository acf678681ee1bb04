# Quantised matrix product: int8 operands, int32 accumulator, result scaled back to int8.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def matmul_int8(
    A: T.Buffer((32, 64), "int8"),
    B: T.Buffer((32, 64), "int8"),
    C: T.Buffer((32, 32), "int8"),
):
    acc = T.sblock_alloc_buffer((32, 32), "int32")
    for i, j, k in T.grid(32, 32, 64):
        with T.sblock("acc"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                acc[vi, vj] = 0
            acc[vi, vj] = acc[vi, vj] + T.Cast("int32", A[vi, vk]) * T.Cast("int32", B[vj, vk])
    for i, j in T.grid(32, 32):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = T.Cast("int8", T.max(T.min(T.shift_right(acc[vi, vj] + 64, 7), 127), -128))
