using Microsoft.Win32.SafeHandles;
using OrleansSgd.Storage.Files;

namespace OrleansSgd.Storage.Tests.Files;

/// <summary>A disk whose power goes after a number of steps, and that then forgets whatever was not made durable.</summary>
/// <remarks>
/// A file system may keep, lose or half keep what was not flushed, and may keep or lose a name whose folder was not flushed; <see cref="Loss"/> says which of
/// these this disk does. Flushing is only noted: whether the real disk would keep its word is not what is tested, and it is slow.
/// </remarks>
internal sealed class CrashingFiles(int steps, CrashingFiles.Loss loss) : FileSteps
{
    private readonly HashSet<string> _unflushed = new(StringComparer.Ordinal);
    private readonly List<(string Folder, Action Undo)> _unnamed = [];
    private int _left = steps;

    /// <summary>What a power cut does to what was not flushed.</summary>
    public enum Loss
    {
        /// <summary>Nothing: every step that was made is there, as after kill -9.</summary>
        None,

        /// <summary>Bytes are cut to half, names stay.</summary>
        Bytes,

        /// <summary>Bytes are cut to half, and names are as they were before.</summary>
        BytesAndNames,
    }

    /// <summary>Leaves flushing of files out: a planted bug.</summary>
    public bool ForgetsFlush { get; init; }

    /// <summary>Leaves flushing of folders out: a planted bug.</summary>
    public bool ForgetsFolderFlush { get; init; }

    /// <summary>True once the power went.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Steps made.</summary>
    public int Made { get; private set; }

    /// <summary>Cuts the power: forgets what was not durable.</summary>
    public void CutPower()
    {
        IsDead = true;
        if (loss == Loss.BytesAndNames)
        {
            foreach ((_, Action undo) in Enumerable.Reverse(_unnamed))
            {
                undo();
            }
        }

        foreach (string file in loss == Loss.None ? [] : _unflushed.Where(File.Exists))
        {
            using FileStream stream = new(file, FileMode.Open);
            stream.SetLength(stream.Length / 2);
        }
    }

    public override void MakeFolder(string path)
    {
        Step();
        bool wasThere = Directory.Exists(path);
        base.MakeFolder(path);
        if (!wasThere)
        {
            _unnamed.Add((Path.GetDirectoryName(path)!, () => Directory.Delete(path, recursive: true)));
        }
    }

    public override bool TryCreate(string path, ReadOnlySpan<byte> bytes)
    {
        Step();
        _unflushed.Add(path);
        bool isNew = base.TryCreate(path, bytes);
        if (isNew)
        {
            _unnamed.Add((Path.GetDirectoryName(path)!, () => File.Delete(path)));
        }

        return isNew;
    }

    public override void Write(string path, ReadOnlySpan<byte> bytes)
    {
        Step();
        _unflushed.Add(path);
        base.Write(path, bytes);
        _unnamed.Add((Path.GetDirectoryName(path)!, () => File.Delete(path)));
    }

    public override void Flush(SafeFileHandle file, string path)
    {
        Step();
        if (!ForgetsFlush)
        {
            _unflushed.Remove(path);
        }
    }

    public override void FlushFolder(string path)
    {
        Step();
        if (!ForgetsFolderFlush)
        {
            _unnamed.RemoveAll(one => one.Folder == path);
        }
    }

    public override void Move(string from, string to)
    {
        Step();
        byte[]? before = File.Exists(to) ? File.ReadAllBytes(to) : null;
        base.Move(from, to);
        if (_unflushed.Remove(from))
        {
            _unflushed.Add(to);
        }

        _unnamed.Add((Path.GetDirectoryName(to)!, () =>
        {
            File.Move(to, from);
            if (before is not null)
            {
                File.WriteAllBytes(to, before);
            }
        }
        ));
    }

    public override void MoveFolder(string from, string to)
    {
        Step();
        base.MoveFolder(from, to);
        _unnamed.Add((Path.GetDirectoryName(to)!, () => Directory.Move(to, from)));
    }

    public override void Delete(string path)
    {
        Step();
        byte[]? before = File.Exists(path) ? File.ReadAllBytes(path) : null;
        base.Delete(path);
        _unnamed.Add((Path.GetDirectoryName(path)!, () =>
        {
            if (before is not null)
            {
                File.WriteAllBytes(path, before);
            }
        }
        ));
    }

    public override void DeleteFolder(string path)
    {
        Step();
        base.DeleteFolder(path);
        _unnamed.Add((Path.GetDirectoryName(path)!, () => Directory.CreateDirectory(path)));
    }

    private void Step()
    {
        if (IsDead || _left-- <= 0)
        {
            IsDead = true;
            throw new PowerIsOffException();
        }

        Made++;
    }
}

/// <summary>Nothing happens any more; not a trouble that a store could know or answer.</summary>
internal sealed class PowerIsOffException() : Exception("The power is off.");
