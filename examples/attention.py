# Scaled dot-product attention for one batch of heads: softmax(Q K^T / sqrt(d)) V.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def attention(
    Q: T.Buffer((2, 16, 8), "float32"),
    K: T.Buffer((2, 16, 8), "float32"),
    V: T.Buffer((2, 16, 8), "float32"),
    O: T.Buffer((2, 16, 8), "float32"),
):
    S = T.sblock_alloc_buffer((2, 16, 16), "float32")
    row_max = T.sblock_alloc_buffer((2, 16), "float32")
    P = T.sblock_alloc_buffer((2, 16, 16), "float32")
    row_sum = T.sblock_alloc_buffer((2, 16), "float32")
    for h, i, j, d in T.grid(2, 16, 16, 8):
        with T.sblock("S"):
            vh, vi, vj, vd = T.axis.remap("SSSR", [h, i, j, d])
            with T.init():
                S[vh, vi, vj] = T.float32(0)
            S[vh, vi, vj] = S[vh, vi, vj] + Q[vh, vi, vd] * K[vh, vj, vd]
    for h, i, j in T.grid(2, 16, 16):
        with T.sblock("row_max"):
            vh, vi, vj = T.axis.remap("SSR", [h, i, j])
            with T.init():
                row_max[vh, vi] = T.min_value("float32")
            row_max[vh, vi] = T.max(row_max[vh, vi], S[vh, vi, vj])
    for h, i, j in T.grid(2, 16, 16):
        with T.sblock("P"):
            vh, vi, vj = T.axis.remap("SSS", [h, i, j])
            P[vh, vi, vj] = T.exp((S[vh, vi, vj] - row_max[vh, vi]) / T.sqrt(T.float32(8)))
    for h, i, j in T.grid(2, 16, 16):
        with T.sblock("row_sum"):
            vh, vi, vj = T.axis.remap("SSR", [h, i, j])
            with T.init():
                row_sum[vh, vi] = T.float32(0)
            row_sum[vh, vi] = row_sum[vh, vi] + P[vh, vi, vj]
    for h, i, d, j in T.grid(2, 16, 8, 16):
        with T.sblock("O"):
            vh, vi, vd, vj = T.axis.remap("SSSR", [h, i, d, j])
            with T.init():
                O[vh, vi, vd] = T.float32(0)
            O[vh, vi, vd] = O[vh, vi, vd] + P[vh, vi, vj] / row_sum[vh, vi] * V[vh, vj, vd]
