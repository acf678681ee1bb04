# A parallel loop that needs no memory, in a function that has some: its threads asked for none,
# took that for a failure and did nothing, in silence.
# OUT C: 12288
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(C: T.Buffer((1,), "int32")):
    A = T.alloc_buffer((8192,), "int32")
    B = T.alloc_buffer((8192,), "int32")
    for i in T.parallel(8192):
        A[i] = i % 4
    for i in T.parallel(8192):
        B[i] = A[8191 - i]
    C[0] = 0
    for i in range(8192):
        C[0] = C[0] + B[i]
