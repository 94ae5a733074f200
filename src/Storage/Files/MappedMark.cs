using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Storage.Files;

/// <summary>A mark in eight bytes of a mapped file: the kernel has what was written there, however the process ends.</summary>
internal sealed unsafe class MappedMark : ITicketMark
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _tickets;

    public MappedMark(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, mapName: null, sizeof(long));
        _view = _file.CreateViewAccessor(0, sizeof(long));
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _tickets = (long*)start;
    }

    public void Set(long tickets)
    {
        if (!_view.SafeMemoryMappedViewHandle.IsClosed)
        {
            Volatile.Write(ref *_tickets, tickets);
        }
    }

    public void Dispose()
    {
        if (!_view.SafeMemoryMappedViewHandle.IsClosed)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    /// <summary>What the file of a mark says; null when it is no mark.</summary>
    public static long? Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return bytes.Length == sizeof(long) ? MemoryMarshal.Read<long>(bytes) : null;
    }
}
