import ArgumentParser
import Cuneus

/// The `cuneus` command: what a person types.
@main
struct CuneusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuneus",
        abstract: "Meta-analysis of brain imaging: published peaks and maps in, pooled brain maps out.",
        discussion: """
            PROJECT is a folder or a file in any of these formats:
              native      a folder with cuneus.yaml, studies.tsv, peaks.tsv and, if any, maps/
              SDM         a folder with sdm_table.txt and one peak file per study
              Sleuth      a GingerALE text file of foci
              NIMADS      studyset.json of NeuroStore or NiMARE, annotation.json
                          beside it; also NiMARE's dataset
              Neurosynth  ..._coordinates.tsv.gz with ..._metadata.tsv.gz beside it

            A first session:
              cuneus check Examples/psychotherapy     is the input sound?
              cuneus plan Examples/psychotherapy      what will it do, what will it take?
              cuneus run Examples/psychotherapy       analyse it; open report.html
              cuneus report RUN --tables              tables and text for a paper
              cuneus figure RUN --kind glass          a figure for the paper
              cuneus pool volumes.csv                 results of regions, without a map
              cuneus study participants.tsv           a study of your own (--paired, ...)
              cuneus claims Examples/psychotherapy    which sentences about the brain hold?
              cuneus settings                         what can be changed, and what it means

            Exit codes: 0 done; 2 the input cannot be used; 1 anything else that failed; 64 wrong usage; 130 interrupted.
            """,
        version: CuneusVersion.text,
        subcommands: [
            RunCommand.self, CheckCommand.self, PlanCommand.self, FigureCommand.self, ReportCommand.self,
            ClaimsCommand.self, PoolCommand.self, StudyCommand.self, ConvertCommand.self, SettingsCommand.self,
            ExtractCommand.self, ImageCommand.self, PrepareCommand.self, PermuteCommand.self, MergeCommand.self,
            SlurmCommand.self,
        ])

    static func main() async {
        Interruption.ignoreReportedSignals()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.exit(with: error)
        }
    }
}
