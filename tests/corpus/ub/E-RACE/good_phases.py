# Near miss: parallel iterations (phases).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    S = T.alloc_buffer((8,), "int32", scope="shared")
    for t in T.thread_binding(8, thread="threadIdx.x"):
        S[t] = A[t]
        R[t] = S[7 - t]
