# Counts how often each of 16 values occurs. The index of the store depends on the data.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def histogram(values: T.Buffer((1000,), "uint8"), counts: T.Buffer((16,), "int32")):
    for b in range(16):
        counts[b] = 0
    for i in range(1000):
        counts[T.Cast("int32", values[i]) % 16] += 1
