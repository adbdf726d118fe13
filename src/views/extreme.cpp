#include "views/extreme.h"

#include "views/image.h"

namespace mezzanine::views
{

namespace
{

Datum ReadCandidate(const ArgumentColumns *columns, std::string_view image)
{
	const char *at = image.data();
	bool is_null; // never: NULLs are no candidates
	return ReadImage(columns->storage, &at, &is_null);
}

bool IsBetter(ArgumentColumns *columns, Datum a, Datum b)
{
	return DatumGetBool(FunctionCall2Coll(&columns->better, columns->collation, a, b));
}

// Makes *best the better one of itself and `value`.
void TakeBetter(ArgumentColumns *columns, Datum value, NullableDatum *best)
{
	if (best->isnull || IsBetter(columns, value, best->value))
		*best = {value, false};
}

void TakeCandidates(ArgumentColumns *columns, std::span<const std::pmr::string> candidates,
					NullableDatum *best)
{
	for (std::size_t i = 0; i < candidates.size(); i++)
		TakeBetter(columns, ReadCandidate(columns, candidates[i]), best);
}

} // namespace

void KeepExtremes(ViewProgram *view, const core::Delta::Row *row, core::Group *group)
{
	for (int i = 0; i < view->argument_count; i++) {
		const core::Value &value = row->values[i];
		ArgumentColumns *columns = &view->arguments[i];
		if (columns->kind != core::ArgumentKind::kExtreme || value.null)
			continue;
		core::Argument &argument = group->arguments[i];
		const std::span<const std::pmr::string> candidates = argument.Candidates(row->sign);
		if (!candidates.empty() &&
			!IsBetter(columns, ReadCandidate(columns, value.wire),
					  ReadCandidate(columns, candidates[candidates.size() - 1])))
			continue;
		pg::Failure failure;
		if (!pg::CallCore(&failure, [&] { argument.PutCandidate(row->sign, value.wire); }))
			MEZZANINE_RAISE(failure);
	}
}

bool FindExtreme(ArgumentColumns *columns, const core::Argument *change, NullableDatum stored,
				 NullableDatum *extreme)
{
	NullableDatum left = {0, true};
	*extreme = stored;
	TakeCandidates(columns, change->Candidates(+1), extreme);
	TakeCandidates(columns, change->Candidates(-1), &left);
	return left.isnull || (!extreme->isnull && IsBetter(columns, extreme->value, left.value));
}

} // namespace mezzanine::views
