using System.Formats.Tar;

namespace OrleansSgd.Data.Tests.Fetch;

/// <summary>Archives as mirrors and npm serve them.</summary>
internal static class Tarballs
{
    /// <summary>A .tar.gz of these entries.</summary>
    public static byte[] Make(params (string Name, byte[] Bytes)[] entries)
    {
        using var tarball = new MemoryStream();
        using (var tar = new TarWriter(tarball, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }

        return TempFolder.Gzip(tarball.ToArray());
    }
}
