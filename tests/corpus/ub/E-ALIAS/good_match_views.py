# Views of one array made inside of a function are no parameters.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(X: T.Buffer((8,), "int32")):
    with T.sblock("views"):
        T.reads(X[0:8])
        T.writes(X[0:8])
        V = T.match_buffer(X[0:8], (8,), "int32", offset_factor=1)
        W = T.match_buffer(X[0:8], (8,), "int32", offset_factor=1)
        for i in range(8):
            W[i] = V[i] & 3
