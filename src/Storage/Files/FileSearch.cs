using Microsoft.Win32.SafeHandles;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Files;

/// <summary>Finds the newest checkpoint of a job's folder that is whole, and reads its parts.</summary>
internal sealed class FileSearch(string address, JobFolder folder)
{
    // Large enough for a disk, small enough that a search needs no memory to speak of.
    private const int BlockSize = 1 << 20;

    /// <summary>The newest whole checkpoint; every part of it is read and compared.</summary>
    public FoundCheckpoint Find(CancellationToken cancellation)
    {
        List<string> passedOver = [];
        foreach ((ManifestOrder order, string file) in folder.Manifests())
        {
            cancellation.ThrowIfCancellationRequested();
            (CheckpointManifest? manifest, string? mistake) = ManifestText.Read(File.ReadAllBytes(file), folder.Job);
            mistake ??= manifest!.Generation != order.Generation || manifest.Number != order.Number
                ? $"it says that it is checkpoint {manifest.Number} of life {manifest.Generation}, so it is foreign here"
                : null;
            mistake ??= manifest!.Parts
                .Select(part => Mistake(part, cancellation) is { } found ? $"its part {part.Name} ({part.Path}) {found}" : null)
                .FirstOrDefault(one => one is not null);
            if (mistake is null)
            {
                return new(manifest, passedOver);
            }

            passedOver.Add(StoreSentences.PassedOver(address, folder.Job, order, mistake));
        }

        return new(null, passedOver);
    }

    /// <summary>The bytes of one part.</summary>
    /// <exception cref="CheckpointStoreException">They are not what was written.</exception>
    public ReadOnlyMemory<byte> Read(CheckpointPart part)
    {
        if (StoreNames.PathMistake(part.Path) is { } mistake)
        {
            throw StoreSentences.Damaged(address, folder.Job, part, $"cannot be: {mistake}");
        }

        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(folder.PartAt(part.Path));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException && Directory.Exists(folder.Parts))
        {
            throw StoreSentences.Damaged(address, folder.Job, part, "is missing", error);
        }

        return StoreSentences.PartMistake(part, bytes.Length, Crc32C.Of(bytes)) is { } found
            ? throw StoreSentences.Damaged(address, folder.Job, part, found)
            : bytes;
    }

    private string? Mistake(CheckpointPart part, CancellationToken cancellation)
    {
        FileInfo info = new(folder.PartAt(part.Path));
        if (!info.Exists)
        {
            return "is missing";
        }

        // The length is cheap to compare, and tells of most writes that were cut short.
        return info.Length == part.Length
            ? StoreSentences.PartMistake(part, info.Length, ChecksumOf(info.FullName, cancellation))
            : StoreSentences.PartMistake(part, info.Length, 0);
    }

    private static uint ChecksumOf(string path, CancellationToken cancellation)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        byte[] block = new byte[BlockSize];
        uint checksum = 0;
        long offset = 0;
        for (int read = RandomAccess.Read(file, block, offset); read > 0; read = RandomAccess.Read(file, block, offset))
        {
            cancellation.ThrowIfCancellationRequested();
            checksum = Crc32C.Append(checksum, block.AsSpan(0, read));
            offset += read;
        }

        return checksum;
    }
}
