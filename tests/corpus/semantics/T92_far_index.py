# T92: offsets are computed in 64 bits (I6).
# SET: n=3
# OUT R: 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, R: T.Buffer((1,), "int32")):
    X = T.alloc_buffer((n, 65536, 16), "uint8")
    X[n - 1, 65535, 15] = T.uint8(7)
    R[0] = T.Cast("int32", X[n - 1, 65535, 15])
