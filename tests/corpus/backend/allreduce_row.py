# A reduction over the threads of a row, with a condition and a second axis that is kept.
# RUN: check fmt interp run diff
# IN A: int32[2,2,4] 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
# OUT B: 6 18 30 42
# OUT C: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2, 2, 4), "int32"),
    B: T.Buffer((2, 2), "int32"),
    C: T.Buffer((2, 2, 4), "int32"),
):
    for bx in T.thread_binding(2, thread="blockIdx.x"):
        for ty in T.thread_binding(2, thread="threadIdx.y"):
            for tx in T.thread_binding(4, thread="threadIdx.x"):
                total = T.alloc_buffer((1,), "int32", scope="local")
                with T.attr(
                    T.comm_reducer(lambda x, y: x + y, [T.int32(0)]),
                    "reduce_scope",
                    T.reinterpret("handle", T.uint64(0)),
                ):
                    T.tvm_thread_allreduce(T.uint32(1), A[bx, ty, tx], tx < 3, total[0], tx)
                C[bx, ty, tx] = A[bx, ty, tx]
                if tx == 0:
                    B[bx, ty] = total[0]
