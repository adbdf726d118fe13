#include "core/run.h"

#include "core/bytes.h"

#include <algorithm>

namespace mezzanine::core
{

namespace
{

// What is read of a run at a time; a transaction may have many runs.
constexpr std::size_t kReadBytes = 16 * 1024;

// A batch ends at the first hash beyond this.
constexpr std::size_t kBatchBytes = 1024 * 1024;

constexpr std::size_t kSizeBytes = sizeof(std::uint32_t);

} // namespace

// Its size comes first, then its name.
void WriteGroup(const Group &group, std::pmr::string *out)
{
	const std::size_t start = out->size();
	Put(out, std::uint32_t{0});
	Put(out, group.hash);
	PutBytes(out, group.key);
	Put(out, group.rows);
	Put(out, static_cast<std::uint32_t>(group.arguments.size()));
	for (const Argument &argument : group.arguments)
		argument.Write(out);
	const auto size = static_cast<std::uint32_t>(out->size() - start);
	std::memcpy(out->data() + start, &size, sizeof(size));
}

RunMerge::RunMerge(std::pmr::memory_resource *resource, std::span<const Run> runs)
	: resource_(resource), sources_(resource), ready_(resource), waiting_(resource),
	  table_(resource), groups_(resource)
{
	sources_.reserve(runs.size());
	ready_.reserve(runs.size());
	waiting_.reserve(runs.size());
	for (const Run &run : runs) {
		waiting_.push_back(sources_.size());
		sources_.emplace_back(resource, run);
	}
}

Reading RunMerge::Load()
{
	if (complete_)
		BeginBatch();
	for (;;) {
		while (!waiting_.empty()) {
			Source &source = sources_[waiting_.back()];
			if (FindRecord(&source))
				Push(waiting_.back());
			else if (source.rest.size > 0)
				return Refill(&source);
			else if (source.begin != source.end)
				throw Error(Code::kInternal, "a spilled group ends too early");
			waiting_.pop_back();
		}
		if (ready_.empty() || EndsBatch(sources_[ready_.front()].hash)) {
			FinishBatch();
			if (ready_.empty() || !groups_.empty())
				return {};
			BeginBatch();
		}
		const std::size_t next = Pop();
		TakeGroup(&sources_[next]);
		waiting_.push_back(next);
	}
}

void RunMerge::BeginBatch()
{
	groups_.clear();
	table_.Clear();
	batch_bytes_ = 0;
	complete_ = false;
}

// Looks at the record at hand; false where the buffer does not have all of it.
bool RunMerge::FindRecord(Source *source)
{
	std::string_view bytes(source->buffer.data() + source->begin, source->end - source->begin);
	source->record = 0;
	if (bytes.size() < kSizeBytes)
		return false;
	std::string_view rest = bytes;
	const auto size = Take<std::uint32_t>(&rest);
	source->record = size;
	if (bytes.size() < size)
		return false;
	source->hash = Take<std::uint64_t>(&rest);
	source->key = TakeBytes(&rest);
	return true;
}

// Moves what is left to the front and asks for more.
Reading RunMerge::Refill(Source *source)
{
	std::copy(source->buffer.begin() + static_cast<std::ptrdiff_t>(source->begin),
			  source->buffer.begin() + static_cast<std::ptrdiff_t>(source->end),
			  source->buffer.begin());
	source->end -= source->begin;
	source->begin = 0;
	source->buffer.resize(std::max({source->buffer.size(), source->record, kReadBytes}));
	const std::size_t size = static_cast<std::size_t>(
		std::min<std::uint64_t>(source->rest.size, source->buffer.size() - source->end));
	const Reading reading{source->rest.offset, size, source->buffer.data() + source->end};
	source->rest.offset += size;
	source->rest.size -= size;
	source->end += size;
	return reading;
}

bool RunMerge::EndsBatch(std::uint64_t hash) const
{
	return batch_bytes_ >= kBatchBytes && !groups_.empty() && groups_.back().hash != hash;
}

// Groups come in order, so one of the same name is the batch's last.
void RunMerge::TakeGroup(Source *source)
{
	std::string_view record(source->buffer.data() + source->begin, source->record);
	(void)Take<std::uint32_t>(&record);
	const auto hash = Take<std::uint64_t>(&record);
	const std::string_view key = TakeBytes(&record);
	const auto rows = Take<std::int64_t>(&record);
	const auto argument_count = Take<std::uint32_t>(&record);

	GroupTable one(resource_);
	const bool again =
		!groups_.empty() && groups_.back().hash == hash && groups_.back().group->key == key;
	Group &group = (again ? one : table_).FindOrMake(hash, key, argument_count);
	group.rows = rows;
	for (Argument &argument : group.arguments)
		argument.Read(&record);
	if (again) {
		groups_.back().group->PrepareMerge(&group);
		groups_.back().group->MergePrepared(&group);
	} else {
		groups_.push_back({hash, &group});
	}
	batch_bytes_ += source->record;
	source->begin += source->record;
}

void RunMerge::FinishBatch()
{
	std::erase_if(groups_, [](const GroupTable::Slot &slot) { return slot.group->IsZero(); });
	complete_ = true;
}

bool RunMerge::IsAfter(std::size_t a, std::size_t b) const
{
	const Source &left = sources_[a];
	const Source &right = sources_[b];
	return left.hash != right.hash ? HashComesBefore(right.hash, left.hash) : left.key > right.key;
}

void RunMerge::Push(std::size_t source)
{
	ready_.push_back(source);
	std::push_heap(ready_.begin(), ready_.end(),
				   [this](std::size_t a, std::size_t b) { return IsAfter(a, b); });
}

std::size_t RunMerge::Pop()
{
	std::pop_heap(ready_.begin(), ready_.end(),
				  [this](std::size_t a, std::size_t b) { return IsAfter(a, b); });
	const std::size_t source = ready_.back();
	ready_.pop_back();
	return source;
}

} // namespace mezzanine::core
