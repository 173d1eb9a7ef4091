/// Whether the flow of studies that the plan states ends with the studies that are there.
enum PrismaChecks {
    static func notices(_ project: Project) -> [Notice] {
        guard let flow = project.prisma, let included = flow.included else { return [] }
        let studies = Set(project.experiments.map(\.study)).count
        guard included != studies else { return [] }
        return [
            Notice(
                .warning, code: "prisma-differs", at: flow.source,
                "prisma includes \(included) \(included == 1 ? "study" : "studies"); the tables have \(studies).",
                remedy: "Correct the count, or add the studies that are missing (report: none where nothing was found)."
            )
        ]
    }
}
