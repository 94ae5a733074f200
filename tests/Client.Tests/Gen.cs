namespace OrleansSgd.Client.Tests.JobFiles;
public sealed partial class JobSchemaTests { [Fact] public void Gen() { foreach (var s in OrleansSgd.Client.JobFiles.JobSchema.Sections) File.WriteAllText("/tmp/table-" + s.Name, Table(s)); } }
