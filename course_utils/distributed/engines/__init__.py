"""Unit 05's GPT on several processes, split in four ways; each gives the numbers of one process alone.

jobs.py      what is to be trained, split in which way
serial.py    one process alone: what the others must equal
group.py     send, receive, add up; and say who is lost
ledger.py    who did what when, and how many bytes were sent
replicas.py  split the examples (data parallel)
slices.py    split the matrices (tensor parallel)
parts.py     some layers of a GPT
pipeline.py  what a worker sends to its neighbours
stages.py    split the layers (GPipe)
tokens.py    split the layers and the tokens (TeraPipe)
shelf.py     checkpoints
worker.py    what each process runs
processes.py start them, wait for them, leave none behind
"""
