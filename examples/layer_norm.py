# Layer normalisation over the last axis, for any number of rows and columns.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def layer_norm(x: T.handle, g: T.handle, b: T.handle, y: T.handle):
    n, m = T.int32(), T.int32()
    X = T.match_buffer(x, (n, m), "float32")
    gamma = T.match_buffer(g, (m,), "float32")
    beta = T.match_buffer(b, (m,), "float32")
    Y = T.match_buffer(y, (n, m), "float32")
    total = T.sblock_alloc_buffer((n,), "float32")
    squares = T.sblock_alloc_buffer((n,), "float32")
    for i, j in T.grid(n, m):
        with T.sblock("total"):
            vi, vj = T.axis.remap("SR", [i, j])
            with T.init():
                total[vi] = T.float32(0)
            total[vi] = total[vi] + X[vi, vj]
    for i, j in T.grid(n, m):
        with T.sblock("squares"):
            vi, vj = T.axis.remap("SR", [i, j])
            with T.init():
                squares[vi] = T.float32(0)
            squares[vi] = squares[vi] + (X[vi, vj] - total[vi] / T.Cast("float32", m)) * (
                X[vi, vj] - total[vi] / T.Cast("float32", m)
            )
    for i, j in T.grid(n, m):
        with T.sblock("Y"):
            vi, vj = T.axis.remap("SS", [i, j])
            Y[vi, vj] = (X[vi, vj] - total[vi] / T.Cast("float32", m)) * T.rsqrt(
                squares[vi] / T.Cast("float32", m) + T.float32(1e-5)
            ) * gamma[vj] + beta[vj]
