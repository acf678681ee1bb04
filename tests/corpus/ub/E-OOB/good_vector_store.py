# Near miss: an access at the edge of R (vector_store).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    R[T.Ramp(0, 1, 8)] = T.Broadcast(T.float32(0), 8)
