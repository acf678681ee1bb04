# Bytes of a word that another iteration writes.
# RUN: check interp
# REPORT E-RACE 11:9-17
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32"), S: T.Buffer((8,), "uint8")):
    V = T.decl_buffer((32,), "uint8", data=R.data)
    for i in T.parallel(8):
        R[i] = i
        S[i] = V[(i * 4 + 5) % 32]
