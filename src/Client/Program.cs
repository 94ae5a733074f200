using System.Text;
using OrleansSgd.Client;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var interrupt = new Interrupt();
return await GridApp.RunAsync(args, Terminal.Standard(), interrupt.Token);
