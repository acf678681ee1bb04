# The position of the largest value among threads: a reducer of two values, the first of equals wins.
# RUN: check fmt interp run diff
# IN A: float32[8] 1 5 2 5 -1 0 3 4
# OUT W: 1
# OUT V: 5
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((8,), "float32"),
    W: T.Buffer((1,), "int32"),
    V: T.Buffer((1,), "float32"),
):
    tx = T.launch_thread("threadIdx.x", 8)
    best_i = T.alloc_buffer((1,), "int32", scope="local")
    best_v = T.alloc_buffer((1,), "float32", scope="local")
    with T.attr(
        T.comm_reducer(
            lambda i0, v0, i1, v1: (T.Select(v1 > v0, i1, i0), T.Select(v1 > v0, v1, v0)),
            [T.int32(-1), T.min_value("float32")],
        ),
        "reduce_scope",
        T.reinterpret("handle", T.uint64(0)),
    ):
        T.tvm_thread_allreduce(
            T.uint32(2), tx, A[tx], T.bool(True), best_i[0], best_v[0], tx
        )
    if tx == 0:
        W[0] = best_i[0]
        V[0] = best_v[0]
