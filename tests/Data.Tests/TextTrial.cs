namespace OrleansSgd.Data.Tests;

/// <summary>Turns damaged bytes into damaged text, so that a trial reaches the checks behind the first character.</summary>
internal static class TextTrial
{
    public static void MakeLibSvm(byte[] bytes) => Make(bytes, "0123456789:.-+e \n#qid"u8);

    public static void MakeCsv(byte[] bytes) => Make(bytes, "0123456789,.-+e\"\n\r ab"u8);

    private static void Make(byte[] bytes, ReadOnlySpan<byte> alphabet)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!alphabet.Contains(bytes[i]))
            {
                bytes[i] = alphabet[bytes[i] % alphabet.Length];
            }
        }
    }
}
