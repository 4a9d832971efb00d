"""Devices, processes, memory and packages of this machine."""
